---- MODULE UndoneBeforeTheyAreKept ----
(* A flow that turns back from its end undoes the first part before all are kept again. *)
EXTENDS Family

BrokenIsRecalling(o) == FALSE
===============================
