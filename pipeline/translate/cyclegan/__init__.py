"""Height maps to artificial SEM images by the paper's CycleGAN (translate, preset `paper`)."""
