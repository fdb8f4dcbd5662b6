"""What a patient may ask for and who may act for them: representatives, minors, restrictions, asks, wishes."""
