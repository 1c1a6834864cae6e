"""Microsoft 365 Agents Playground, the vendor's own local client: fetched, and run here."""
