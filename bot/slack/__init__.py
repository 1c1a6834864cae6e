"""Slack: its listeners, its cards, its Web API."""
