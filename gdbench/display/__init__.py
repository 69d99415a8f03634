"""What commands print, draw and write: sheets in every format, charts, reports, exports and progress."""
