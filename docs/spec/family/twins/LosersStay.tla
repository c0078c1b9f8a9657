---- MODULE LosersStay ----
(* Rule 2: the step is done while parts that have lost still stand. *)
EXTENDS Family

BrokenOwesOthers(o) == FALSE
===============================
