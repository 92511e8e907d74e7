"""How the network that reads muscles and gaze came to be: its teacher, crops and training."""
