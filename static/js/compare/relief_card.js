export class ReliefCard {
  async follow() {}
}
