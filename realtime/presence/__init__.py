"""Who is here: what each person has in front of them, told to those who may see it; forgotten when nobody repeats it."""
