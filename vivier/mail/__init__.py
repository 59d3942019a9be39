"""Mail: what the service writes to people, by the SMTP relay that the operator sets. Without one, nothing leaves."""
