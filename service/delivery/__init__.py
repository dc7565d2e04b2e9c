"""The ways out of the house: mail and the robots of group chats."""
