------------------------------- MODULE Family -------------------------------
(***************************************************************************)
(* A flow, the parts of one of its steps, each a flow of its own, and the   *)
(* log between them. A decision, the record that caused it and what it      *)
(* tells are one transaction: a crash before its commit leaves nothing of   *)
(* it, and so is no action. The log gives each record once, and keeps the   *)
(* order of each sender for each receiver; records of different pairs       *)
(* overtake each other.                                                    *)
(***************************************************************************)
EXTENDS Integers, FiniteSets, Sequences

CONSTANTS
  Total,         \* how many parts an attempt of the step begins
  MaxAttempts,   \* attempts of the step
  AtOnce,        \* how many parts run at a time, or are taken back
  FirstWins,     \* whether the first part that completes is enough (`firstOf`)
  GoesOn,        \* whether the flow goes on without the step (`onFailure: continue`)
  Pivot,         \* whether the parts hold a pivot, so that their step is one
  ResultFails,   \* whether the step's result cannot be computed
  Signals,       \* the signals that are sent; then each part waits for one
  Kinds,         \* what may happen to the flows
  MaxHappenings  \* and how often in all

VARIABLES
  flow,       \* the parent, as far as its step with parts is concerned
  part,       \* its parts
  toPart,     \* what is on its way to each part
  toFlow,     \* what is on its way from each part
  sent,       \* signals that were sent
  taken,      \* signals that a part has taken
  happenings

vars == <<flow, part, toPart, toFlow, sent, taken, happenings>>

Parts == 1 .. (Total * MaxAttempts)
AttemptOf(p) == ((p - 1) \div Total) + 1
First(some) == CHOOSE p \in some : \A q \in some : p <= q
Least(x, y) == IF x <= y THEN x ELSE y
Several(items) == {items[i] : i \in 1 .. Len(items)}

(* The `most` largest of them. *)
LastOf(some, most) == {p \in some : Cardinality({q \in some : q > p}) < most}
FirstOf(some, most) == {p \in some : Cardinality({q \in some : q < p}) < most}

Happens(kind) == kind \in Kinds /\ happenings < MaxHappenings /\ happenings' = happenings + 1

-----------------------------------------------------------------------------
(***************************************************************************)
(* The parent. st, step: status of the flow and of the step. open: whether  *)
(* the step waits for its parts. phase: what it does with them. place:      *)
(* where each part stands, as the step knows it. began: the parts of this   *)
(* attempt that were begun. released, awaited: what was told since the end, *)
(* and whose answer is missing. turn: whether the decision to go back is    *)
(* known to be committed. cancel: a cancel that waits for the pivot.        *)
(* repairing: parts that undo a late effect although they had ended;        *)
(* earlier: those of an earlier attempt.                                    *)
(* window: whether the flow may still be undone. faulted: the engine has    *)
(* failed on the flow. tell: what a decision tells.                         *)
(***************************************************************************)
Silence == [p \in Parts |-> <<>>]

Fresh ==
  [st |-> "IN_PROGRESS", step |-> "IN_PROGRESS", open |-> TRUE, phase |-> "FORWARD",
   attempt |-> 1, began |-> {}, place |-> [p \in Parts |-> "NONE"], winner |-> 0,
   parked |-> {}, released |-> {}, awaited |-> {}, turn |-> "none", cancel |-> FALSE,
   repairing |-> {}, earlier |-> {}, kept |-> <<>>, waits |-> {}, refused |-> {}, window |-> TRUE, faulted |-> FALSE,
   repairs |-> 0, tell |-> Silence]

Terminal(o) == o.st \in {"COMPLETED", "UNDONE"}
LeadsBack(o) == o.st \in {"UNDOING", "UNDONE"} \/ (o.st = "PARKED" /\ o.step = "UNDO_FAIL")
Passed(o) == o.step \in {"DO_SUCCESS", "GIVEN_UP"}

At(o, place) == {p \in Parts : o.place[p] = place}
Ours(o) == {p \in Parts : AttemptOf(p) = o.attempt}
IsOwed(place) == place \in {"RUNNING", "DONE", "ASKED", "LOST"}
OwesAnything(o) == \E p \in Parts : IsOwed(o.place[p])
OwesOthers(o) == \E p \in Parts : p # o.winner /\ IsOwed(o.place[p])
AwaitsParts(o) == o.open /\ o.step \in {"IN_PROGRESS", "UNDOING"}
IsReleased(o) == o.released = o.began /\ o.awaited = {}

Word(w) == [w |-> w, n |-> 0]
Ask(o, some, w) ==
  [o EXCEPT !.tell = [p \in Parts |-> IF p \in some THEN Append(o.tell[p], Word(w))
                                      ELSE o.tell[p]]]
Move(o, some, place) ==
  [o EXCEPT !.place = [p \in Parts |-> IF p \in some THEN place ELSE o.place[p]],
            !.waits = IF place = "RUNNING" THEN @ ELSE @ \ some]

(* What a step that is undone has to take back: every part that was ever    *)
(* begun and has not said that it has no effect. It waits for those that    *)
(* undo a late effect, also of an earlier attempt.                          *)
Repairs(o) == o.repairing # {} \/ o.earlier # {}
OwesUndo(o) == OwesAnything(o) \/ Repairs(o)

DoneToAsk(o) == IF o.phase = "WON" THEN At(o, "DONE") \ {o.winner} ELSE At(o, "DONE")
HasToAsk(o) == At(o, "RUNNING") \cup DoneToAsk(o) # {}

(* The flow goes on after the engine has failed on it: what its parts have  *)
(* told may be what it failed on, so they are asked again.                  *)
TakenUp(o) ==
  IF ~o.faulted THEN o
  ELSE LET keeps == o.awaited \ o.released
           back == At(o, "ASKED") \cup o.repairing \cup o.earlier
           p == Ask(Ask(o, At(o, "RUNNING"), "KEEP"), back, "BACK")
       IN [Ask(Ask(p, o.awaited \cap o.released, "RELEASE"), keeps, "KEEP") EXCEPT
             !.faulted = FALSE]

AskForTurn(o) == IF o.turn = "none" /\ OwesUndo(o) THEN [o EXCEPT !.turn = "sent"] ELSE o

Withdraw(o) ==
  CASE o.step = "DO_SUCCESS" -> o
    [] OwesAnything(o) ->
         [o EXCEPT !.open = FALSE,
                   !.step = IF @ \in {"IN_DOUBT", "UNDOING", "UNDO_FAIL"} THEN @
                            ELSE "IN_PROGRESS"]
    [] OTHER -> [o EXCEPT !.open = FALSE, !.step = IF @ = "GIVEN_UP" THEN @ ELSE "FAILED"]

Turn(o) == AskForTurn([Withdraw(TakenUp(o)) EXCEPT !.st = "UNDOING", !.cancel = FALSE])

-----------------------------------------------------------------------------
(* What follows from where the parts stand *)

Fail(o, phase) == [o EXCEPT !.step = "IN_PROGRESS", !.phase = phase]

Succeeded(o) == [o EXCEPT !.open = FALSE, !.step = "DO_SUCCESS"]

(* The step's result is put together. *)
Gathered(o) == IF ResultFails THEN Fail(o, "FAILING") ELSE Succeeded(o)

IsDisturbed(o) == At(o, "LOST") \cup At(o, "ABANDONED") # {}
HasFailed(o) ==
  LET failed == At(o, "FAILED")
  IN IF FirstWins THEN Cardinality(failed) = Total ELSE failed # {}

JudgeForward(o) ==
  CASE HasFailed(o) \/ IsDisturbed(o) -> Fail(o, "FAILING")
    [] FirstWins /\ At(o, "DONE") # {} ->
         [o EXCEPT !.phase = "WON", !.winner = First(At(o, "DONE"))]
    [] Cardinality(o.began) = Total /\ At(o, "RUNNING") = {} -> Gathered(o)
    [] OTHER -> o

(* A first part has completed: the others are taken back before the step is *)
(* done.                                                                   *)
JudgeWon(o) ==
  CASE At(o, "LOST") # {} -> Fail(o, "FAILING")
    [] OwesOthers(o) -> o
    [] OTHER -> Gathered(o)

Retries(o) == ~o.cancel /\ o.attempt < MaxAttempts

Failed(o) ==
  LET p == [o EXCEPT !.open = FALSE]
  IN CASE Retries(o) -> [p EXCEPT !.step = "DO_FAIL"]
       [] GoesOn -> [p EXCEPT !.step = "GIVEN_UP"]
       [] OTHER -> Turn([p EXCEPT !.step = "FAILED"])

(* The step has failed only when all its parts are taken back. *)
MayFail(o) == ~HasToAsk(o) /\ At(o, "ASKED") = {}

JudgeFailing(o) ==
  CASE ~MayFail(o) -> o
    [] At(o, "LOST") # {} -> Turn([o EXCEPT !.open = FALSE, !.step = "IN_DOUBT"])
    [] Retries(o) /\ ~IsReleased(o) -> o
    [] OTHER -> Failed(o)

JudgeUndo(o) ==
  CASE HasToAsk(o) \/ At(o, "ASKED") # {} \/ Repairs(o) -> o
    [] At(o, "LOST") # {} -> [o EXCEPT !.open = FALSE, !.step = "UNDO_FAIL"]
    [] OTHER -> [o EXCEPT !.open = FALSE, !.step = "UNDO_SUCCESS"]

(* All parts have ended without effect before they were asked back. *)
Settle(o) ==
  IF o.step \in {"IN_PROGRESS", "IN_DOUBT"} /\ LeadsBack(o) /\ ~OwesAnything(o)
  THEN [o EXCEPT !.step = "FAILED"] ELSE o

Judge(o) ==
  CASE ~AwaitsParts(o) -> Settle(o)
    [] o.step = "UNDOING" -> JudgeUndo(o)
    [] OTHER ->
         LET p == IF o.phase = "FORWARD" THEN JudgeForward(o) ELSE o
         IN CASE p.step # "IN_PROGRESS" -> p
              [] p.phase = "WON" -> JudgeWon(p)
              [] p.phase \in {"FAILING", "TIMED_OUT"} -> JudgeFailing(p)
              [] OTHER -> p

-----------------------------------------------------------------------------
(* What the parent tells *)

BeginNext(o) ==
  LET most == AtOnce - Cardinality(At(o, "RUNNING"))
      next == FirstOf(Ours(o) \ o.began, most)
  IN [Ask(Move(o, next, "RUNNING"), next, "BEGIN") EXCEPT !.began = @ \cup next]

(* Those that run are asked at once, the others last started first.         *)
TakeBack(o) ==
  LET running == At(o, "RUNNING")
      most == AtOnce - Cardinality(running \cup At(o, "ASKED"))
      asked == running \cup LastOf(DoneToAsk(o), most)
  IN Ask(Move(o, asked, "ASKED"), asked, "BACK")

Release(o) ==
  LET others == o.began \ o.released
  IN [Ask(o, others, "RELEASE") EXCEPT !.released = @ \cup others, !.awaited = @ \cup others]

Send(o) ==
  CASE ~AwaitsParts(o) -> o
    [] o.phase = "FORWARD" -> BeginNext(o)
    [] OTHER ->
         LET p == TakeBack(o)
         IN IF p.phase \in {"FAILING", "TIMED_OUT"} /\ ~OwesAnything(p) THEN Release(p) ELSE p

(* An answer to RELEASE must not be taken for one to KEEP. *)
Recall(o) ==
  LET some == {p \in o.released : \A q \in o.released : q >= p => q \notin o.awaited}
  IN [Ask(o, some, "KEEP") EXCEPT !.released = @ \ some, !.awaited = @ \cup some]

(* Signals that are kept are handed to parts that wait. *)
RECURSIVE PassOn(_)
PassOn(o) ==
  IF o.kept = <<>> \/ o.waits = {} \/ ~AwaitsParts(o) THEN o
  ELSE LET p == First(o.waits)
       IN PassOn([o EXCEPT !.kept = Tail(@), !.waits = @ \ {p},
                           !.tell[p] = Append(@, [w |-> "HANDED", n |-> Head(o.kept)])])

-----------------------------------------------------------------------------
(* The way forward and back *)

Forward(o) ==
  LET p == PassOn(Send(o))
  IN IF p.step \in {"FAILED", "IN_DOUBT"} /\ ~p.open THEN [p EXCEPT !.st = "PARKED"]
     ELSE [p EXCEPT !.st = "IN_PROGRESS"]

BeginUndo(o) ==
  Send([Move(o, At(o, "LOST"), "RUNNING") EXCEPT
          !.phase = "UNDO", !.step = "UNDOING", !.open = TRUE])

(* Parts that were released come back before the first of them is undone.   *)
NeedsRecall(o) == o.phase # "UNDO" /\ At(o, "DONE") # {} /\ OwesUndo(o)
IsRecalling(o) == NeedsRecall(o) /\ o.released \cup o.awaited # {}

Resume(o) ==
  CASE o.st = "UNDONE" -> [o EXCEPT !.st = "UNDOING", !.repairs = @ + 1]
    [] OTHER -> [o EXCEPT !.st = "UNDOING"]

Backward(o) ==
  LET r == IF NeedsRecall(o) THEN Recall(o) ELSE o
      ready == OwesUndo(o) /\ ~o.open /\ o.step # "UNDO_FAIL"
      q == IF ready /\ o.turn = "read" THEN BeginUndo(o) ELSE Send(o)
      p == IF ready THEN AskForTurn(q) ELSE q
  IN CASE IsRecalling(o) -> Resume(r)
       [] ~OwesUndo(p) ->
            [p EXCEPT !.st = "UNDONE", !.turn = IF @ = "read" THEN @ ELSE "none"]
       [] ready \/ p.open -> Resume(p)
       [] OTHER -> [p EXCEPT !.st = "PARKED"]

RefuseObsolete(o) ==
  IF LeadsBack(o) \/ Terminal(o) \/ Passed(o)
  THEN [o EXCEPT !.kept = <<>>, !.refused = @ \cup Several(o.kept)] ELSE o

(* Parts stay for their parent's sake until that has ended.                 *)
MayRelease(o) == Terminal(o)

Advance(o) ==
  LET p == CASE o.faulted -> o
             [] LeadsBack(o) -> Backward(o)
             [] o.st \in {"IN_PROGRESS", "PARKED"} -> Forward(o)
             [] OTHER -> o
  IN RefuseObsolete(IF MayRelease(p) THEN Release(p) ELSE p)

-----------------------------------------------------------------------------
(***************************************************************************)
(* What a part tells, and what the parent makes of it. A message says how   *)
(* the part stands, whether the parent has asked (ans), whether the part    *)
(* refuses to go back (ref) and is released (rel), which signals it gives   *)
(* back and whether it waits for one.                                       *)
(***************************************************************************)

(* A late effect has woken a part that had ended without one.               *)
IsTakenBack(o) ==
  LeadsBack(o) \/ (AwaitsParts(o) /\ o.phase \in {"WON", "FAILING", "TIMED_OUT"})

WokenUp(o, p) ==
  IF ~IsTakenBack(o) THEN [o EXCEPT !.repairing = @ \cup {p}]
  ELSE LET asked == Move(o, {p}, "ASKED")
       IN IF o.step \in {"UNDO_SUCCESS", "FAILED", "GIVEN_UP"}
          THEN [asked EXCEPT !.phase = "UNDO", !.step = "UNDOING", !.open = TRUE] ELSE asked

(* A part that has passed its pivot does not go back, and the step goes on  *)
(* with it. If it had failed after the part completed, it has no result.    *)
Refused(o, p, place) ==
  LET q == [Move(o, {p}, place) EXCEPT !.phase = IF @ = "UNDO" THEN @ ELSE "FORWARD"]
  IN IF place = "DONE" /\ o.phase = "FAILING" THEN Succeeded(q) ELSE q

PlaceOf(st, place) ==
  CASE st = "COMPLETED" -> IF place \in {"RUNNING", "LOST"} THEN "DONE" ELSE place
    [] st \in {"UNDONE", "REJECTED"} ->
         CASE place \in {"RUNNING", "DONE"} -> "FAILED"
           [] place \in {"ASKED", "LOST"} -> "UNDONE"
           [] OTHER -> place
    [] OTHER -> IF IsOwed(place) THEN st ELSE place

(* An answer ends the wait for the one to RELEASE or KEEP only if the part  *)
(* says that it is released, or kept.                                       *)
Awaited(o, p, m) ==
  IF m.ans /\ (m.st = "LOST" \/ (m.rel <=> p \in o.released)) THEN o.awaited \ {p}
  ELSE o.awaited

Placed(o, p, m) ==
  LET place == o.place[p] IN
  CASE m.ref /\ place = "ASKED" /\ m.st \in {"RUNNING", "PARKED"} -> Refused(o, p, "RUNNING")
    [] m.ref /\ place = "ASKED" /\ m.st = "COMPLETED" -> Refused(o, p, "DONE")
    [] m.st \in {"RUNNING", "PARKED"} ->
         CASE place = "RUNNING" -> [o EXCEPT !.waits = IF m.waits THEN @ \cup {p} ELSE @ \ {p}]
           [] ~m.ans /\ place \in {"FAILED", "UNDONE"} -> WokenUp(o, p)
           [] OTHER -> o
    [] OTHER -> [Move(o, {p}, PlaceOf(m.st, place)) EXCEPT !.repairing = @ \ {p}]

(* It may not have heard that it goes back: the engine may have failed on it. *)
IsBehind(o, p, m) ==
  ~m.ref /\ ((m.st = "COMPLETED" /\ ~m.ans) \/ (m.st = "RUNNING" /\ p \in o.parked))

ToldOfEarlier(o, p, m) ==
  CASE m.st \in {"RUNNING", "PARKED"} -> [o EXCEPT !.earlier = @ \cup {p}]
    [] p \in o.earlier -> Judge([o EXCEPT !.earlier = @ \ {p}])
    [] OTHER -> o

Told(o, p, m) ==
  LET back == [o EXCEPT !.kept = m.back \o @]
      noted == [back EXCEPT
                  !.awaited = Awaited(o, p, m),
                  !.parked = IF m.st = "PARKED" THEN @ \cup {p} ELSE @ \ {p}]
      placed == Placed(noted, p, m)
      asked == IF IsBehind(o, p, m) /\ placed.place[p] = "ASKED" THEN Ask(placed, {p}, "BACK")
               ELSE placed
  IN IF AttemptOf(p) # o.attempt THEN ToldOfEarlier(back, p, m) ELSE Judge(asked)

-----------------------------------------------------------------------------
(* Decisions of the parent *)

Decide(next) ==
  /\ flow' = [next EXCEPT !.tell = Silence]
  /\ toPart' = [p \in Parts |-> toPart[p] \o next.tell[p]]

Alone == UNCHANGED <<part, toFlow, sent, taken>>

Hear(p) ==
  /\ toFlow[p] # <<>>
  /\ toFlow' = [toFlow EXCEPT ![p] = Tail(@)]
  /\ LET told == Told(flow, p, Head(toFlow[p]))
     IN \/ Decide(Advance(TakenUp(told)))
        \/ flow.faulted /\ Decide(Advance(told))  \* It changes nothing that is recorded.
  /\ UNCHANGED <<part, sent, taken, happenings>>

(* The engine fails on what a part tells: the message becomes a dead letter *)
(* and the flow is parked, until something else or an operator moves it.    *)
FailsOn(p) ==
  /\ toFlow[p] # <<>> /\ ~Terminal(flow)
  /\ Happens("fault")
  /\ toFlow' = [toFlow EXCEPT ![p] = Tail(@)]
  /\ flow' = IF LeadsBack(flow) /\ flow.turn = "none"
             THEN [flow EXCEPT !.faulted = TRUE, !.turn = "sent"]
             ELSE [flow EXCEPT !.faulted = TRUE]
  /\ UNCHANGED <<part, toPart, sent, taken>>

TakeUp ==
  /\ flow.faulted
  /\ Decide(Advance(TakenUp(flow)))
  /\ Alone /\ UNCHANGED happenings

ReadTurn ==
  /\ flow.turn = "sent"
  /\ Decide(Advance([flow EXCEPT !.turn = "read"]))
  /\ Alone /\ UNCHANGED happenings

Retry ==
  /\ flow.st = "IN_PROGRESS" /\ flow.step = "DO_FAIL" /\ ~flow.faulted
  /\ Decide(Advance([flow EXCEPT
       !.attempt = @ + 1, !.step = "IN_PROGRESS", !.open = TRUE, !.phase = "FORWARD",
       !.began = {}, !.released = {}, !.awaited = {}, !.winner = 0, !.parked = {},
       !.repairing = {}, !.earlier = @ \cup flow.repairing, !.waits = {},
       !.place = [p \in Parts |-> IF AttemptOf(p) <= flow.attempt THEN "PAST" ELSE "NONE"]]))
  /\ Alone /\ UNCHANGED happenings

TimesOut ==
  /\ ~flow.faulted /\ AwaitsParts(flow)
  /\ flow.step = "IN_PROGRESS" /\ flow.phase = "FORWARD"
  /\ Happens("timeout")
  /\ Decide(Advance(Judge(Fail(flow, "TIMED_OUT"))))
  /\ Alone

IsOpenPivot(o) == Pivot /\ ~Passed(o) /\ OwesAnything(o)
IsPassedPivot(o) == Pivot /\ o.step = "DO_SUCCESS"

(* An operator cancels. While a pivot is open, its outcome decides.         *)
Cancel ==
  /\ flow.st \in {"IN_PROGRESS", "PARKED"} /\ ~LeadsBack(flow) /\ ~flow.cancel
  /\ ~IsPassedPivot(flow)
  /\ Happens("cancel")
  /\ Decide(Advance(LET o == TakenUp(flow)
                    IN IF IsOpenPivot(o) THEN [o EXCEPT !.cancel = TRUE] ELSE Turn(o)))
  /\ Alone

(* What comes after the step: it is done, or fails and the flow goes back.  *)
Completes ==
  /\ flow.st = "IN_PROGRESS" /\ Passed(flow) /\ ~flow.faulted
  /\ Decide(Advance([flow EXCEPT !.st = "COMPLETED", !.cancel = FALSE]))
  /\ Alone /\ UNCHANGED happenings

FailsLater ==
  /\ flow.st = "IN_PROGRESS" /\ Passed(flow) /\ ~flow.faulted /\ ~IsPassedPivot(flow)
  /\ Happens("later")
  /\ Decide(Advance(Turn(flow)))
  /\ Alone

(* A step beside it fails, and the flow goes back.                          *)
FailsBeside ==
  /\ flow.st = "IN_PROGRESS" /\ ~Pivot
  /\ Happens("beside")
  /\ Decide(Advance(Turn(flow)))
  /\ Alone

(* An operator undoes the completed flow, within its window.                *)
Undo ==
  /\ flow.st = "COMPLETED" /\ flow.window /\ ~IsPassedPivot(flow)
  /\ Happens("undo")
  /\ Decide(Advance(Turn(flow)))
  /\ Alone

WindowCloses ==
  /\ "undo" \in Kinds /\ flow.st = "COMPLETED" /\ flow.window
  /\ flow' = [flow EXCEPT !.window = FALSE]
  /\ UNCHANGED <<part, toPart, toFlow, sent, taken, happenings>>

Signalled(n) ==
  /\ n \notin sent
  /\ sent' = sent \cup {n}
  /\ Decide(Advance([flow EXCEPT !.kept = Append(@, n)]))
  /\ UNCHANGED <<part, toFlow, taken, happenings>>

-----------------------------------------------------------------------------
(***************************************************************************)
(* The parts. st: status, with UNDOING for every way back. fx: whether an   *)
(* effect stands. kept: whether it stays for its parent's sake. pv: its     *)
(* pivot. defer: it goes back if its pivot fails. back: the way of a parked *)
(* one. needs: whether it still waits for a signal. woken: whether a late   *)
(* effect has woken it after its end. left: whether an operator has         *)
(* abandoned it, so that what it did is left standing openly.               *)
(***************************************************************************)
NoPart ==
  [st |-> "NONE", fx |-> 0, kept |-> TRUE, pv |-> "no", defer |-> FALSE, back |-> FALSE,
   needs |-> Signals # {}, woken |-> FALSE, left |-> FALSE]

HasEnded(x) == x.st \in {"COMPLETED", "UNDONE", "REJECTED", "ABANDONED"}
IsThere(x) == x.st \notin {"NONE", "GONE"}
GoesForward(x) == x.st = "RUNNING" \/ (x.st = "PARKED" /\ ~x.back)
WaitsForSignal(x) == GoesForward(x) /\ x.needs

StatusOf(x) ==
  CASE x.st = "UNDOING" -> "RUNNING" [] x.st \in {"NONE", "GONE"} -> "LOST" [] OTHER -> x.st

Message(x, ans, ref, back) ==
  [st |-> StatusOf(x), ans |-> ans, ref |-> ref, rel |-> ~x.kept, back |-> back,
   waits |-> WaitsForSignal(x)]

(* A part tells its parent when its status changes, or what it waits for.   *)
IsNews(x, y) == StatusOf(x) # StatusOf(y) \/ WaitsForSignal(x) # WaitsForSignal(y)

Becomes(p, y, messages) ==
  /\ part' = [part EXCEPT ![p] = y]
  /\ toFlow' = [toFlow EXCEPT ![p] = @ \o messages]

Moves(p, y) ==
  Becomes(p, y, IF IsNews(part[p], y) THEN <<Message(y, FALSE, FALSE, <<>>)>> ELSE <<>>)

(* Each word is answered, also when it changes nothing. *)
Answers(p, y, ref) == Becomes(p, y, <<Message(y, TRUE, ref, <<>>)>>)

(* An effect of the way so far stands, or none does. *)
TurnsBack(x) == {[x EXCEPT !.st = "UNDOING", !.fx = 1, !.back = FALSE, !.pv = "no",
                           !.defer = FALSE]}
                \cup (IF x.st = "COMPLETED" THEN {}
                      ELSE {[x EXCEPT !.st = "UNDONE", !.fx = 0, !.back = FALSE, !.pv = "no",
                                      !.defer = FALSE]})

HearsBegin(p) ==
  IF part[p].st # "NONE" THEN UNCHANGED <<part, toFlow, happenings>>
  ELSE LET begun == [part[p] EXCEPT !.st = "RUNNING"]
       IN \/ UNCHANGED happenings
             /\ Becomes(p, begun, IF WaitsForSignal(begun)
                                  THEN <<Message(begun, FALSE, FALSE, <<>>)>> ELSE <<>>)
          \/ Happens("refusal") /\ Moves(p, [part[p] EXCEPT !.st = "REJECTED"])

HearsBack(p) ==
  LET x == part[p] IN
  CASE x.st \in {"UNDOING", "UNDONE", "REJECTED", "ABANDONED"} \/ x.back -> Answers(p, x, FALSE)
    [] x.pv = "past" -> Answers(p, x, TRUE)
    [] x.pv = "open" -> Answers(p, [x EXCEPT !.defer = TRUE], FALSE)
    [] OTHER -> \E y \in TurnsBack(x) : Answers(p, y, FALSE)

(* A signal that no step of the part takes goes back to the parent. *)
HearsSignal(p, n) ==
  IF WaitsForSignal(part[p])
  THEN /\ Answers(p, [part[p] EXCEPT !.needs = FALSE], FALSE) /\ taken' = taken \cup {n}
  ELSE /\ Becomes(p, part[p], <<Message(part[p], TRUE, FALSE, <<n>>)>>) /\ UNCHANGED taken

(* The first record that is on its way to the part. *)
NextWord(p) == Head(toPart[p])
Read(p) == toPart' = [toPart EXCEPT ![p] = Tail(@)]

HearsWord(p) ==
  LET word == NextWord(p) IN
  CASE word.w = "BEGIN" -> HearsBegin(p) /\ UNCHANGED taken
    [] ~IsThere(part[p]) ->
         /\ Becomes(p, part[p], <<Message(part[p], TRUE, FALSE,
                                          IF word.w = "HANDED" THEN <<word.n>> ELSE <<>>)>>)
         /\ UNCHANGED <<taken, happenings>>
    [] word.w = "BACK" -> HearsBack(p) /\ UNCHANGED <<taken, happenings>>
    [] word.w = "RELEASE" ->
         Answers(p, [part[p] EXCEPT !.kept = FALSE], FALSE) /\ UNCHANGED <<taken, happenings>>
    [] word.w = "KEEP" ->
         Answers(p, [part[p] EXCEPT !.kept = TRUE], FALSE) /\ UNCHANGED <<taken, happenings>>
    [] OTHER -> HearsSignal(p, word.n) /\ UNCHANGED happenings

PartHears(p) ==
  /\ toPart[p] # <<>>
  /\ Read(p) /\ HearsWord(p)
  /\ UNCHANGED <<flow, sent>>

(* The engine fails on BACK: the part does not hear it, is parked, and says *)
(* so.                                                                     *)
PartFailsOnBack(p) ==
  /\ toPart[p] # <<>> /\ NextWord(p).w = "BACK"
  /\ part[p].st \in {"RUNNING", "UNDOING"}
  /\ Happens("deaf")
  /\ Read(p)
  /\ Moves(p, [part[p] EXCEPT !.st = "PARKED", !.back = (part[p].st = "UNDOING")])
  /\ UNCHANGED <<flow, sent, taken>>

Quietly == UNCHANGED <<flow, toPart, sent, taken>>

PartCompletes(p) ==
  /\ part[p].st = "RUNNING" /\ ~part[p].needs /\ part[p].pv # "open"
  /\ Moves(p, [part[p] EXCEPT !.st = "COMPLETED", !.fx = 1])
  /\ Quietly /\ UNCHANGED happenings

PartFails(p) ==
  /\ part[p].st = "RUNNING" /\ part[p].pv = "no"
  /\ Happens("fail")
  /\ \E y \in TurnsBack(part[p]) : Moves(p, y)
  /\ Quietly

PartIsUndone(p) ==
  /\ part[p].st = "UNDOING"
  /\ Moves(p, [part[p] EXCEPT !.st = "UNDONE", !.fx = 0, !.woken = FALSE])
  /\ Quietly /\ UNCHANGED happenings

PartOpensPivot(p) ==
  /\ Pivot /\ part[p].st = "RUNNING" /\ part[p].pv = "no"
  /\ Moves(p, [part[p] EXCEPT !.pv = "open"])
  /\ Quietly /\ UNCHANGED happenings

(* From here it does not go back; a parent that has asked hears so. *)
PartPassesPivot(p) ==
  /\ part[p].st = "RUNNING" /\ part[p].pv = "open"
  /\ LET y == [part[p] EXCEPT !.pv = "past", !.defer = FALSE]
     IN IF part[p].defer THEN Answers(p, y, TRUE) ELSE Moves(p, y)
  /\ Quietly /\ UNCHANGED happenings

PartFailsPivot(p) ==
  /\ part[p].st = "RUNNING" /\ part[p].pv = "open"
  /\ \/ Happens("fail")
     \/ part[p].defer /\ "fail" \in Kinds /\ UNCHANGED happenings
  /\ \E y \in TurnsBack(part[p]) : Moves(p, y)
  /\ Quietly

PartIsParked(p) ==
  /\ part[p].st \in {"RUNNING", "UNDOING"}
  /\ Happens("park")
  /\ Moves(p, [part[p] EXCEPT !.st = "PARKED", !.back = (part[p].st = "UNDOING")])
  /\ Quietly

(* An operator always gets a parked part going again. *)
PartGoesOn(p) ==
  /\ part[p].st = "PARKED"
  /\ Moves(p, [part[p] EXCEPT !.st = IF part[p].back THEN "UNDOING" ELSE "RUNNING",
                              !.back = FALSE])
  /\ Quietly /\ UNCHANGED happenings

PartIsAbandoned(p) ==
  /\ part[p].st \in {"RUNNING", "UNDOING", "PARKED"}
  /\ Happens("abandon")
  /\ \E fx \in {0, 1} : Moves(p, [part[p] EXCEPT !.st = "ABANDONED", !.fx = fx, !.back = FALSE,
                                                  !.left = TRUE])
  /\ Quietly

(* An effect of a DO lands after its part has ended without one.            *)
LateEffect(p) ==
  /\ part[p].st \in {"UNDONE", "REJECTED"}
  /\ Happens("late")
  /\ Moves(p, [part[p] EXCEPT !.st = "UNDOING", !.fx = 1, !.woken = TRUE])
  /\ Quietly

(* A part that is released expires when its root's window is over. One of a *)
(* failed attempt, which owes nothing, may do so earlier.                   *)
MayExpire(p) ==
  /\ ~part[p].kept
  /\ AttemptOf(p) < flow.attempt \/ (Terminal(flow) /\ ~flow.window)

Expires(p) ==
  /\ HasEnded(part[p]) /\ MayExpire(p)
  /\ part' = [part EXCEPT ![p].st = "GONE"]
  /\ UNCHANGED <<flow, toPart, toFlow, sent, taken, happenings>>

-----------------------------------------------------------------------------
Init ==
  /\ LET begun == Advance(Fresh)
     IN flow = [begun EXCEPT !.tell = Silence] /\ toPart = begun.tell
  /\ part = [p \in Parts |-> NoPart]
  /\ toFlow = Silence
  /\ sent = {} /\ taken = {} /\ happenings = 0

NothingOnTheWay == \A p \in Parts : toPart[p] = <<>> /\ toFlow[p] = <<>>
PartsRest == \A p \in Parts : HasEnded(part[p]) \/ ~IsThere(part[p])

(* All have ended, nothing is on its way, and the flow may be archived.     *)
AllRest == Terminal(flow) /\ NothingOnTheWay /\ PartsRest /\ IsReleased(flow) /\ sent = Signals

(* So that TLC takes for a deadlock only flows that wait for ever.          *)
Rests == AllRest /\ UNCHANGED vars

Next ==
  \/ Rests \/ TakeUp \/ ReadTurn \/ Retry \/ TimesOut \/ Cancel \/ Completes \/ FailsLater
  \/ FailsBeside \/ Undo \/ WindowCloses
  \/ \E n \in Signals : Signalled(n)
  \/ \E p \in Parts :
       \/ Hear(p) \/ FailsOn(p) \/ PartHears(p) \/ PartFailsOnBack(p)
       \/ PartCompletes(p) \/ PartFails(p) \/ PartIsUndone(p)
       \/ PartOpensPivot(p) \/ PartPassesPivot(p) \/ PartFailsPivot(p)
       \/ PartIsParked(p) \/ PartGoesOn(p) \/ PartIsAbandoned(p) \/ LateEffect(p) \/ Expires(p)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* Safety *)

LeftOpenly(x) == x.left
IsRepairing(x) == x.woken

(* UNDONE: no part has an effect, except those that an operator abandoned.  *)
(* Of one that a late effect has woken since, the news are on their way,    *)
(* and bring the flow back.                                                *)
IsNewsOnTheWay(p) == \E i \in 1 .. Len(toFlow[p]) : toFlow[p][i].st = "RUNNING"

UndoneTreeHasNone ==
  flow.st = "UNDONE" =>
    \A p \in Parts :
      part[p].fx > 0 => LeftOpenly(part[p]) \/ (IsRepairing(part[p]) /\ IsNewsOnTheWay(p))

(* A step has failed only when none of its parts has an effect.             *)
FailedIsClean ==
  flow.step \in {"DO_FAIL", "FAILED", "GIVEN_UP"} =>
    \A p \in Parts : part[p].fx > 0 => LeftOpenly(part[p]) \/ IsRepairing(part[p])

Counts(p) ==
  /\ flow.step = "DO_SUCCESS" /\ ~LeadsBack(flow)
  /\ flow.place[p] = "DONE" /\ (FirstWins => p = flow.winner)

(* A part is not undone while its parent counts on it.                      *)
NoneUndoneThatCounts == \A p \in Parts : Counts(p) => part[p].st \in {"COMPLETED", "GONE"}

(* When all is over, no tree is half undone: what stands is what the parent *)
(* counts on, or was left standing openly.                                  *)
NoTreeIsHalfUndone ==
  AllRest => \A p \in Parts : part[p].fx > 0 => Counts(p) \/ LeftOpenly(part[p])

(* Parts have ended when their parent has, or repair themselves.            *)
NoPartOutlivesItsParent ==
  Terminal(flow) =>
    \A p \in Parts : IsThere(part[p]) => HasEnded(part[p]) \/ IsRepairing(part[p])

(* While the parent may need a part, that is not released.                  *)
NotReleasedWhileNeeded ==
  \A p \in Parts :
    ~part[p].kept /\ ~Terminal(flow) =>
      \/ flow.place[p] \in {"UNDONE", "FAILED", "PAST", "ABANDONED"}
      \/ LeadsBack(flow) /\ IsRecalling(flow)
      \/ IsRepairing(part[p]) \/ part[p].fx = 0

IsKeepOnTheWay(p) == \E i \in 1 .. Len(toPart[p]) : toPart[p][i].w = "KEEP"

(* KEEP is told only when no part runs any more.                            *)
KeepsOnlySettled ==
  (\E p \in Parts : IsKeepOnTheWay(p)) => \A q \in Parts : part[q].st # "RUNNING"

(* Nothing is undone before all parts that were released are kept again.    *)
KeptBeforeUndo ==
  flow.step = "UNDOING" /\ (\E p \in Parts : flow.place[p] \in {"DONE", "ASKED"}
                                             /\ part[p].fx > 0 /\ ~IsRepairing(part[p])) =>
    \A q \in Parts : flow.place[q] \in {"DONE", "ASKED"} => part[q].kept \/ IsRepairing(part[q])

(* Each word finds its part. *)
NobodyIsLost == \A p \in Parts : flow.place[p] # "LOST"

(* A pivot stands in the way of nobody who goes back.                       *)
NobodyRefusesTheWayBack ==
  flow.step = "UNDOING" =>
    \A p \in Parts : \A i \in 1 .. Len(toFlow[p]) : ~toFlow[p][i].ref

AtOnceAtMost == Cardinality(At(flow, "RUNNING")) <= AtOnce

(* Each signal is taken once or refused once, and is in one place until     *)
(* then.                                                                   *)
Handed(n) ==
  {<<p, i>> \in Parts \X (1 .. 6) :
     i <= Len(toPart[p]) /\ toPart[p][i].w = "HANDED" /\ toPart[p][i].n = n}
GivenBack(n) ==
  {<<p, i>> \in Parts \X (1 .. 6) : i <= Len(toFlow[p]) /\ n \in Several(toFlow[p][i].back)}

PlacesOf(n) ==
  Cardinality({i \in 1 .. Len(flow.kept) : flow.kept[i] = n})
  + Cardinality(Handed(n)) + Cardinality(GivenBack(n))
  + (IF n \in taken THEN 1 ELSE 0) + (IF n \in flow.refused THEN 1 ELSE 0)

EachSignalOnce == \A n \in Signals : PlacesOf(n) = (IF n \in sent THEN 1 ELSE 0)

(* Liveness: nothing goes on for ever. As TLC finds no deadlock, every tree *)
(* comes to rest where all its flows have ended.                            *)
EveryFlowEnds == <>[][FALSE]_vars
=============================================================================
