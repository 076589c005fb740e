package culvert.proxy.event;

import org.jspecify.annotations.Nullable;

/** A data connection of a job. Guarded by the job. */
final class JobTransfer {
  final Story story;
  final int request;
  final Way way;
  @Nullable Ended end;

  /**
   * @param request which passive or active command it belongs to; negative: nobody knows
   */
  JobTransfer(Story story, int request, Way way) {
    this.story = story;
    this.request = request;
    this.way = way;
  }
}
