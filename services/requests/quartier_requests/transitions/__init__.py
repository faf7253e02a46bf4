"""The acts of officers and approvers: what each may do now, what the citizen would read, and the act itself."""
