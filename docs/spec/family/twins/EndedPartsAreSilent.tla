---- MODULE EndedPartsAreSilent ----
(* Rule 3: a part that has ended answers nothing. *)
EXTENDS Family

BrokenAnswers(p, y, ref) ==
  Becomes(p, y, IF HasEnded(y) THEN <<>> ELSE <<Message(y, TRUE, ref, <<>>)>>)
===============================
