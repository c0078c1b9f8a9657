---- MODULE StateOutlivesItsWords ----
(* A decision is kept, and what it tells is lost. *)
EXTENDS Family

BrokenDecide(next) ==
  /\ flow' = [next EXCEPT !.tell = Silence]
  /\ \/ toPart' = [p \in Parts |-> toPart[p] \o next.tell[p]]
     \/ UNCHANGED toPart
===============================
