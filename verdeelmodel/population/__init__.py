"""What a population is: tables, checks, reading and writing, divisions and herindelingen."""
