"""A trainer host that waits for a task hardly at all."""

from gdbench.execution.cluster import trainer_host

if __name__ == "__main__":
    trainer_host.IDLE_SECONDS = 0.01
    trainer_host.main()
