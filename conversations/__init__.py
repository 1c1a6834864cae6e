"""The conversation core: pure values and functions, no I/O, no clock, no platform."""
