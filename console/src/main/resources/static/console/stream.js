/**
 * The live stream of the page: one connection, only while the page is visible. Where it is refused
 * or lost, the page is read every two seconds, and the stream is tried again later.
 */
import * as api from './api.js';
import {eventReader, topicsQuery} from './model/sse.js';

const AGAIN_MS = 30_000;
const AGAIN_AFTER_END_MS = 1000;

/** The server sends a sign of life every 15 s. */
const SILENT_MS = 20_000;

export class LiveStream {
  /**
   * @param onHint is called for each event that says that something changed
   * @param onState is called when the stream has begun or ended
   */
  constructor(onHint, onState) {
    this.onHint = onHint;
    this.onState = onState;
    this.topics = '';
    this.isOpen = false;
    this.build = '';
  }

  /** Follows these topics from now on, and nothing else. */
  follow(topics) {
    const wanted = topics.length === 0 ? '' : topicsQuery(topics);
    if (wanted === this.topics) {
      return;
    }
    this.close();
    this.topics = wanted;
    if (wanted) {
      this.open(wanted);
    }
  }

  close() {
    this.topics = '';
    this.end();
  }

  end() {
    clearTimeout(this.again);
    clearTimeout(this.silence);
    this.reading?.abort();
    this.reading = null;
    if (this.isOpen) {
      this.isOpen = false;
      this.onState();
    }
  }

  async open(topics) {
    const reading = new AbortController();
    this.reading = reading;
    let wait = AGAIN_MS;
    try {
      const response = await api.stream(`api/stream?${topics}`, reading.signal);
      this.alive(reading);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const take = eventReader((event) => this.take(event));
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        this.alive(reading);
        take(piece.value);
      }
      wait = AGAIN_AFTER_END_MS;
    } catch (e) {
      // Reading the page shows what is wrong, if it is more than this stream.
      if (!(e instanceof api.Problem) && this.isOpen) {
        wait = AGAIN_AFTER_END_MS;
      }
    }
    if (this.reading === reading) {
      this.end();
      this.again = setTimeout(() => this.open(topics), wait);
    }
  }

  /** A connection without any sign of life is lost, whatever the browser thinks. */
  alive(reading) {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => reading.abort(), SILENT_MS);
  }

  take(event) {
    if (event.name === 'hello') {
      const {build} = JSON.parse(event.data);
      this.isNewBuild = this.build !== '' && this.build !== build;
      this.build ||= build;
      this.isOpen = true;
      this.onState();
    } else if (event.name !== 'beat' && event.name !== 'end') {
      this.onHint(event);
    }
    this.lastSign = Date.now();
  }
}
