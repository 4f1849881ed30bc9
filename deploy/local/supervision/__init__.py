"""Parts as processes: started, felt, started again, stopped, and one supervisor for each data folder."""
