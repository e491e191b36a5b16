"""Reading the tables. Every query takes the actor and returns nothing that is not theirs to see."""
