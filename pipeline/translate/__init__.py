"""Height maps to artificial SEM images: a physics renderer and the paper's CycleGAN."""
