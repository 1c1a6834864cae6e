"""What `readiness demo --sample` begins with: a dozen services, and a year of their reviews."""
