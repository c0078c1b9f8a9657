---- MODULE RepairedAfterTheEnd ----
(* A late effect reopens a flow that is undone, and is undone itself. *)
EXTENDS Family

Never == ~(flow.repairs > 0 /\ AllRest)
===============================
