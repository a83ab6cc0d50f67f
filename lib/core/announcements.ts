/** What the switch says in words, and the words of the built-in recordings. */
export const ANNOUNCEMENTS = {
  'insufficient-funds': 'You do not have enough credit to make this call.',
  'not-in-service':
    'The number you have dialled is not in service. Please check it, and try again.',
  'not-allowed': 'This call is not allowed from your telephone.',
  'lines-busy': 'All lines are busy at the moment. Please try again later.',
  'try-later': 'Your call can not be completed at the moment. Please try again later.',
  'call-recorded': 'This call is recorded.',
  'echo-test': 'This is the echo test. You will hear everything that you say.',
} as const;

export type AnnouncementName = keyof typeof ANNOUNCEMENTS;
