"""Old clients as they are (clients 1 to 11): their sequences over real sockets, and what they are told of events."""
