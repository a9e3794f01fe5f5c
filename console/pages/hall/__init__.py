"""The pages of the deliberation hall: topics, seats, ballots, paper votes, register, processes."""
