"""The platforms: what hears people and speaks to them."""
