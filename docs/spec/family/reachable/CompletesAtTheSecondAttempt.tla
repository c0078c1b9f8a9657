---- MODULE CompletesAtTheSecondAttempt ----
(* The first attempt fails, its parts are let go, and the second one completes. *)
EXTENDS Family

Never == ~(flow.st = "COMPLETED" /\ flow.step = "DO_SUCCESS" /\ flow.attempt = 2)
===============================
