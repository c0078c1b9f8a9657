package io.doundo.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.ControlCommand.Expectation;
import io.doundo.protocol.ControlCommand.Resolution;
import io.doundo.protocol.ControlCommand.ResolvedOutcome;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlCommandTest {

  private static final RawJson PAYLOAD = Json.object(Map.of("a", Json.string("x")));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"controlId\":\"c\",\"flowId\":\"f\",\"action\":\"RETRY\",\"stepName\":\"s\","
            + "\"payload\":{\"a\":\"x\"},\"reason\":\"r\",\"requestedBy\":\"me\",\"extra\":{}}",
        "{\"headers\":{\"controlId\":\"c\",\"flowId\":\"f\",\"action\":\"retry\",\"stepName\":\"s\","
            + "\"reason\":\"r\",\"requestedBy\":\"me\"},\"payload\":{\"a\":\"x\"}}"
      })
  void flatAndEnveloped(String json) throws MalformedRecordException {
    ControlCommand command = decode(json);

    assertThat(command)
        .isEqualTo(
            new ControlCommand("c", "f", ControlAction.RETRY, "s", PAYLOAD, null, "r", "me"));
    assertThat(ControlCommand.decode(command.encode(), null, HeaderLookup.NONE)).isEqualTo(command);
  }

  @Test
  void theLeastIsAnActionAndAKey() throws MalformedRecordException {
    ControlCommand command =
        ControlCommand.decode(
            "{\"action\":\"UNDO\"}".getBytes(UTF_8), "f".getBytes(UTF_8), HeaderLookup.NONE);

    assertThat(command)
        .isEqualTo(new ControlCommand(null, "f", ControlAction.UNDO, null, null, null, null, null));
  }

  @Test
  void resolveSaysHow() throws MalformedRecordException {
    String head = "{\"flowId\":\"f\",\"action\":\"RESOLVE\",\"stepName\":\"s\"";

    assertThat(decode(head + "}").resolution()).isEqualTo(Resolution.DONE);
    ControlCommand full =
        decode(head + ",\"payload\":{\"outcome\":\"NO_EFFECT\",\"result\":{\"a\":\"x\"}}}");
    assertThat(full.resolution()).isEqualTo(new Resolution(ResolvedOutcome.NO_EFFECT, PAYLOAD));
    assertThat(ControlCommand.decode(full.encode(), null, HeaderLookup.NONE)).isEqualTo(full);
  }

  @Test
  void resolveSettlesWhatCouldNotBeEvaluated() throws MalformedRecordException {
    String head = "{\"flowId\":\"f\",\"action\":\"RESOLVE\",\"stepName\":\"s\",\"payload\":";

    ControlCommand taken = decode(head + "{\"taken\":false}}");
    assertThat(taken.resolution())
        .isEqualTo(new Resolution(ResolvedOutcome.DONE, null, false, null));
    assertThat(ControlCommand.decode(taken.encode(), null, HeaderLookup.NONE)).isEqualTo(taken);
    ControlCommand branch = decode(head + "{\"branch\":2}}");
    assertThat(branch.resolution()).isEqualTo(new Resolution(ResolvedOutcome.DONE, null, null, 2));
    assertThat(ControlCommand.decode(branch.encode(), null, HeaderLookup.NONE)).isEqualTo(branch);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"flowId\":\"f\",\"action\":\"RETRY\",\"expect\":{\"statuses\":[\"parked\",\"UNDOING\"],"
            + "\"transition\":7.0}}",
        "{\"headers\":{\"flowId\":\"f\",\"action\":\"RETRY\",\"expect\":{\"statuses\":[\"PARKED\","
            + "\"UNDOING\"],\"transition\":\"7\"}}}",
        "{\"headers\":{\"flowId\":\"f\",\"action\":\"RETRY\"},\"expect\":{\"statuses\":[\"PARKED\","
            + "\"UNDOING\"],\"transition\":7}}"
      })
  void anOperatorMaySayWhatIsExpected(String json) throws MalformedRecordException {
    ControlCommand command = decode(json);

    assertThat(command.expect()).isEqualTo(new Expectation(List.of("PARKED", "UNDOING"), 7));
    assertThat(ControlCommand.decode(command.encode(), null, HeaderLookup.NONE)).isEqualTo(command);
  }

  @Test
  void eitherPartOfAnExpectationIsEnough() throws MalformedRecordException {
    String head = "{\"flowId\":\"f\",\"action\":\"RETRY\",\"expect\":";

    assertThat(decode(head + "{\"statuses\":\"PARKED\"}}").expect())
        .isEqualTo(new Expectation(List.of("PARKED"), 0));
    assertThat(decode(head + "{\"transition\":3}}").expect())
        .isEqualTo(new Expectation(List.of(), 3));
    assertThat(decode(head + "null}").expect()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"flowId":"f"}                          | no "action"
          {"flowId":"f","action":"STOP"}          | action must be one of UNDO, CANCEL
          {"action":"UNDO"}                       | names no flow
          {"flowId":"f","action":"RESOLVE","payload":{"realmId":1}} | unknown fields: realmId
          {"flowId":"f","action":"RETRY","expect":[]} | "expect" must be an object with "statuses" and "transition" but is an array
          {"flowId":"f","action":"RETRY","expect":{}} | but has neither
          {"flowId":"f","action":"RETRY","expect":{"status":"PARKED"}} | but has status
          {"flowId":"f","action":"RETRY","expect":{"statuses":[]}} | expect.statuses is empty
          {"flowId":"f","action":"RETRY","expect":{"statuses":["STUCK"]}} | expect.statuses must only contain WAITING
          {"flowId":"f","action":"RETRY","expect":{"statuses":[7]}} | expect.statuses must only contain WAITING
          {"flowId":"f","action":"RETRY","expect":{"transition":0}} | expect.transition must be a whole number from 1 but is "0"
          {"flowId":"f","action":"RETRY","expect":{"transition":[1]}} | expect.transition must be a whole number
          {"flowId":"f","action":"RESOLVE","payload":[1]} | must be an object
          {"flowId":"f","action":"RESOLVE","payload":{"taken":1}} | "taken" must be true or false
          {"flowId":"f","action":"RESOLVE","payload":{"branch":-1}} | branch must be a whole number
          {"flowId":"f","action":"RESOLVE","payload":{"taken":true,"outcome":"DONE"}} | has "taken" or "branch" alone
          {"flowId":"f","action":"RESOLVE","payload":{"taken":true,"branch":1}} | has "taken" or "branch" alone
          {"flowId":"f","action":"RESOLVE","payload":{"outcome":"MAYBE"}} | outcome must be one of DONE, NO_EFFECT
          """)
  void refusesWithTheReason(String json, String reason) {
    assertThatThrownBy(() -> decode(json))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void assignSaysWhoATaskIsFor() throws MalformedRecordException {
    String head = "{\"flowId\":\"f\",\"action\":\"ASSIGN\"";
    ControlCommand given = decode(head + ",\"stepName\":\"sign\",\"assignee\":\"ann\"}");
    assertThat(given.assignee()).isEqualTo("ann");
    assertThat(decode(new String(given.encode(), UTF_8))).isEqualTo(given);
    ControlCommand back = decode(head + ",\"stepName\":\"sign\",\"assignee\":\"\"}");
    assertThat(back.assignee()).isNull();
    assertThat(decode(new String(back.encode(), UTF_8))).isEqualTo(back);
    assertThatThrownBy(() -> decode(head + ",\"stepName\":\"sign\"}"))
        .hasMessageContaining("add \"assignee\"");
    assertThatThrownBy(() -> decode(head + ",\"assignee\":\"ann\"}"))
        .hasMessageContaining("add \"stepName\"");
  }

  @Test
  void aSignalIsSentOnBehalfOfSomebody() throws MalformedRecordException {
    ControlCommand signal =
        decode(
            "{\"flowId\":\"f\",\"action\":\"SIGNAL\",\"signal\":\"ok\",\"requestedBy\":\"bot\","
                + "\"onBehalfOf\":\"ann\"}");
    assertThat(signal.onBehalfOf()).isEqualTo("ann");
    assertThat(decode(new String(signal.encode(), UTF_8))).isEqualTo(signal);
  }

  @Test
  void aSenderMayBeLimitedToTasksForItsNames() throws MalformedRecordException {
    ControlCommand signal =
        ControlCommand.signal("s-1", "f", "ok", null, "ann").limitedTo(List.of("ann", "buyers"));
    assertThat(decode(new String(signal.encode(), UTF_8))).isEqualTo(signal);
    assertThat(
            decode(
                "{\"headers\":{\"flowId\":\"f\",\"action\":\"SIGNAL\",\"signal\":\"ok\","
                    + "\"asOneOf\":[\"ann\"]},\"payload\":null}"))
        .extracting(ControlCommand::asOneOf)
        .isEqualTo(List.of("ann"));
    String head = "{\"flowId\":\"f\",\"action\":\"SIGNAL\",\"signal\":\"ok\",\"asOneOf\":";
    for (String wrong : List.of("[]", "\"ann\"", "{}", "[1]", "[[\"ann\"]]")) {
      assertThatThrownBy(() -> decode(head + wrong + "}"))
          .as("it must not count as no limit: %s", wrong)
          .isInstanceOf(MalformedRecordException.class)
          .hasMessageContaining("\"asOneOf\" must be a list of 1 to 1000 names");
    }
  }

  private static ControlCommand decode(String json) throws MalformedRecordException {
    return ControlCommand.decode(json.getBytes(UTF_8), null, HeaderLookup.NONE);
  }
}
