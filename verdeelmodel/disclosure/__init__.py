"""What may leave the room: evidence, verdict, remedy."""
