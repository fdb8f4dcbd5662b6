"""What has left a practice: the accountings of a chart, a handover asked of the law and recorded, and holds."""
