---- MODULE GivesASignalBack ----
(* A part gives back a signal that it does not take. *)
EXTENDS Family

Never == \A n \in Signals : GivenBack(n) = {}
===============================
