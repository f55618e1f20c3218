// stub
export class ReliefCard {
  constructor(root, page) { Object.assign(this, { root, page }); }
  async follow() {}
}
