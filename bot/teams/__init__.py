"""Teams: activities in, cards out. Nothing here is imported unless Teams is set up."""
