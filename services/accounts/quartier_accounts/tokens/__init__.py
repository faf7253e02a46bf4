"""API tokens for scripts and front ends, and the public keys by which every service reads our signatures."""
