"""Results as charts: Altair charts with their data as rows, and a text that stands in for them."""
