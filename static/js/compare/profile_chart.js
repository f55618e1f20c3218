export class ProfileChart {
  show() {}
}
