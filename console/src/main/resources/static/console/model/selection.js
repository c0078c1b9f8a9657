/** Which rows of a list are selected: some of those that are shown, or all that match. */
export class Selection {
  constructor() {
    this.ids = new Set();
    this.isAll = false;
    this.anchor = null;
  }

  has(id) {
    return this.isAll || this.ids.has(id);
  }

  /** How many, of as many as match; null for all when nobody knows how many match. */
  size(matching) {
    return this.isAll ? matching : this.ids.size;
  }

  get isEmpty() {
    return !this.isAll && this.ids.size === 0;
  }

  /** Selects a row, or no longer; from now on a range begins at it. */
  toggle(id, shown) {
    this.single(shown);
    this.ids.has(id) ? this.ids.delete(id) : this.ids.add(id);
    this.anchor = id;
  }

  /** Selects every row from the last toggled one to this one. */
  range(id, shown) {
    this.single(shown);
    const [a, b] = [shown.indexOf(this.anchor), shown.indexOf(id)];
    if (b >= 0) {
      shown.slice(a < 0 ? b : Math.min(a, b), Math.max(a, b) + 1).forEach((one) => this.ids.add(one));
    }
  }

  /** Every shown row, or none when they all are selected already. */
  page(shown) {
    const all = shown.every((id) => this.ids.has(id)) && !this.isAll;
    this.isAll = false;
    this.ids = new Set(all ? [] : shown);
  }

  /** All that match, also those that are not shown; or none. */
  all() {
    this.isAll = !this.isAll;
    this.ids.clear();
  }

  clear() {
    this.isAll = false;
    this.ids.clear();
    this.anchor = null;
  }

  /** From all that match to those that are shown. */
  single(shown) {
    if (this.isAll) {
      this.isAll = false;
      this.ids = new Set(shown);
    }
  }
}
