"""Sweeps: one scenario at many points, each a scenario of its own, on the same contacts; resumable at any moment."""
