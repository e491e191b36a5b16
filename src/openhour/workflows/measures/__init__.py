"""What is asked of a patient and how answers come in: batteries, entry in the room and from paper, imports."""
