---- MODULE OnlyTheDoneAreTakenBack ----
(* Rule 2: parts that run are not asked back. *)
EXTENDS Family

BrokenTakeBack(o) ==
  LET done == DoneToAsk(o)
  IN Ask(Move(Move(o, At(o, "RUNNING"), "UNDONE"), done, "ASKED"), done, "BACK")
===============================
