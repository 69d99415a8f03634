"""Training in processes of this machine: a pool of workers, forked by a server that has loaded keras."""
