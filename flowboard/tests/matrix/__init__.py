"""Who may do what: every address and operation, every role, the declared answer and the real one."""
