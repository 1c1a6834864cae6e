"""A local workspace in the browser that speaks Slack's protocol: the demo, and the tests' Slack."""
