const two = 2;
