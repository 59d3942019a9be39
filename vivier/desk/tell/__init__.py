"""Results of the desk as bodies, figures and sentences."""
