"""What runs cost: the programs to compile and the time to train."""
