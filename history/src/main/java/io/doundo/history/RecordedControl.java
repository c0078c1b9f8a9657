package io.doundo.history;

import io.doundo.protocol.ControlCommand;

/** An operator's request as written. */
public record RecordedControl(RecordPosition place, ControlCommand control) {}
