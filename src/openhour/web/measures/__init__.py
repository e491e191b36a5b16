"""What a patient is asked, and answers entered in the room or from paper."""
