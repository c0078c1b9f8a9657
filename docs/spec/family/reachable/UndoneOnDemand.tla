---- MODULE UndoneOnDemand ----
(* A completed flow is undone with its parts, which had been released. *)
EXTENDS Family

Never == ~(flow.st = "UNDONE" /\ AllRest)
===============================
