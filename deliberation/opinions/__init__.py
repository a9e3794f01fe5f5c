"""The opinion map: who is near whom, which groups there are, what each says and what all share.

The method is that of Polis: C. Small, M. Bjorkegren, T. Erkkilä, L. Shaw, C. Megill, "Polis:
Scaling Deliberation by Mapping High Dimensional Opinion Spaces", Recerca 26 (2021), with guards
for small communities. `maps.opinion_map` is the door; the other modules are its steps.
"""
