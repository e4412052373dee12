/** How loud is a part of the view? */
export type Alarm = 'danger' | 'unknown' | 'caution' | 'calm';
