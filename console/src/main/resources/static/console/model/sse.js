/** Reads server-sent events from text that arrives in pieces. */

/**
 * @param onEvent is called with {name, id, data} of each event that has data
 * @return a function that takes the next piece of text
 */
export function eventReader(onEvent) {
  let rest = '';
  let name = '';
  let id = '';
  let data = [];
  const line = (text) => {
    if (text === '') {
      if (data.length > 0) {
        onEvent({name: name || 'message', id, data: data.join('\n')});
      }
      name = '';
      data = [];
      return;
    }
    const colon = text.indexOf(':');
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + (text[colon + 1] === ' ' ? 2 : 1));
    if (field === 'event') {
      name = value;
    } else if (field === 'data') {
      data.push(value);
    } else if (field === 'id') {
      id = value;
    }
  };
  return (piece) => {
    const all = rest + piece;
    const lines = all.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    lines.forEach(line);
  };
}

/** The query of a stream; a topic must not contain the comma that separates topics. */
export function topicsQuery(topics) {
  return new URLSearchParams({topics: topics.map((topic) => topic.replaceAll(',', '%2C')).join(',')}).toString();
}

/** The topic of a list with this filter; of a flow. */
export function listTopic(query) {
  return `flows:${query}`;
}

export function flowTopic(flowId) {
  return `flow:${encodeURIComponent(flowId)}`;
}
